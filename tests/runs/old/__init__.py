"""Databases as Tidecast wrote them: 0001 as the tables of that version and rows; 0004 as a whole file, with an upload,
a forecast, teaching runs, a failed run and a link, and what is to be found in it."""
