int count(int number);

int count(int number)
{
	return number + 1;
}
