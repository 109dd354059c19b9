	.globl add
add:
	.section .note.GNU-stack,"",@progbits
