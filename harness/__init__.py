"""What tries the system and measures it; nothing of it is deployed."""
