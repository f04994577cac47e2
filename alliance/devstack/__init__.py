"""What dev.py runs: the virtual environment, embedded servers and processes of one checkout.

Standard library only, because it works before anything is installed. The modules `mail_server`,
`prepare` and `translations` are programs that run inside the virtual environment; nothing here imports them.
"""
