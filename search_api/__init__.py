"""4. Serve: the typed JSON API, the server-rendered pages, the feeds over HTTP."""
