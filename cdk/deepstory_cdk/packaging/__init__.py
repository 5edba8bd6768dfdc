"""What is uploaded for the Lambdas: two layers of third-party code and one asset of our own."""
