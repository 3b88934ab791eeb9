"""Laws that hold on every path, exactly."""
