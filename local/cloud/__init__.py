"""An embedded AWS in one process: ministack, made durable and complete for this project."""
