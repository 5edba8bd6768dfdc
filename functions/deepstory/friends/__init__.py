"""Secret friends: asking, answering, and what two who are friends have."""
