"""A database as Tidecast wrote it when its tables had version 0001: their definition then, and real rows."""
