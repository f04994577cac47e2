"""What dev.py runs: the virtual environment, embedded servers and processes of one checkout.

Standard library only, because it works before anything is installed. `mail_server`, `prepare`
(with `static_files`) and `translations` are programs that run inside the virtual environment; nothing else
imports them.
"""
