"""What keeps a forecast and its intervals to what the data bear out."""
