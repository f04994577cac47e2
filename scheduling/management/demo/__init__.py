"""What `make_demo` fills an empty database with: invented people, real streets, example prices."""
