"""Builds the portal: texts, static pages and assets, from `web/` and the jurisdiction pack."""
