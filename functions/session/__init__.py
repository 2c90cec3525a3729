"""Staff sign in and out of the desk in a browser; no token is where a script can read it."""
