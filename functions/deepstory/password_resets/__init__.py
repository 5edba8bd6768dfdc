"""Getting back into an account by a link that is mailed to its address."""
