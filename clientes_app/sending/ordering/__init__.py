"""What is to be sent next: campaigns are placed, and a shift is told of them."""
