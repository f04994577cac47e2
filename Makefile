# Thin aliases of dev.py; `make` alone prints help.
.DEFAULT_GOAL := help
.PHONY: help run test lint bench chaos
help run test lint bench chaos:
	@python3 dev.py $@
