"""The API of staff: queues, cases, decisions, the duty desk."""
