"""What stands beside this file can be imported by all tests in Python."""
