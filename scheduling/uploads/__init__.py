"""Files that people send: told apart by their content, and made harmless. Knows no Django, no database."""
