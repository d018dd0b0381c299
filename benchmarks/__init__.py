"""Speed, measured: each script prints one JSON object with ratios taken in the same run."""
