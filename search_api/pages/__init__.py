"""What the pages show: plain view models made from records and search answers, rendered by Jinja2
templates."""
