"""What the end-to-end tests share: where the product runs, its containers, and people ready to declare."""
