"""4. Serve: pages, JSON and feeds over an open hub. `search_api.app.create_app(hub)` is the whole of it."""
