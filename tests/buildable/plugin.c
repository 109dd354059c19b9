int count(int number);
int plugin(void);

int plugin(void)
{
	return count(1);
}
