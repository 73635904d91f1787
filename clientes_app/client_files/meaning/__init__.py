"""What titles and cells mean, as people and programs write them."""
