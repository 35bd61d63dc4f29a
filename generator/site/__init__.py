"""The finished site: what MkDocs renders of it, what is stamped, and the folder it lies in."""
