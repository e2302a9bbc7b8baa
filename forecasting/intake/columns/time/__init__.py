"""Text as times: forms of dates, clocks, zones, and what stands for a time."""
