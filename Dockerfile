# The production image: web, worker and scheduler are the same image with another command.
FROM python:3.12-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends gettext && rm -rf /var/lib/apt/lists/*
COPY requirements.txt /app/
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir -r /app/requirements.txt
COPY . /app
WORKDIR /app
# PLAIN_HTTP lets the settings load without secrets; it holds for these two lines only.
RUN if [ -d locale ]; then PLAIN_HTTP=1 /venv/bin/python manage.py compilemessages; fi \
    && PLAIN_HTTP=1 /venv/bin/python manage.py collectstatic --noinput

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /app alliance && install -d -o alliance -m 0700 /var/lib/alliance/documents
COPY --from=build /venv /venv
COPY --from=build /app /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 DOCUMENTS_DIR=/var/lib/alliance/documents
WORKDIR /app
USER alliance
EXPOSE 8000
CMD ["gunicorn", "alliance.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--workers", "2", "--threads", "4", "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]
