# docker build -t tidecast . && docker run -p 8501:8501 -v tidecast:/data tidecast
# With PostgreSQL and a Dask cluster: see compose.yaml.
FROM python:3.12-slim AS packages

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /packages
COPY requirements.txt requirements.lock ./
# PyTorch from the page of its CPU wheels, which requirements.txt names: 2 GB less than with CUDA. All others in the
# versions and with the hashes of scripts/lock.
RUN page="$(sed -n 's/^--find-links *//p' requirements.txt)" \
    && /packages/bin/pip install --no-deps --find-links "$page" "$(grep -oE '^torch[^ ]+' requirements.txt)" \
    && /packages/bin/pip install --require-hashes -r requirements.lock

# What is in the image, in CycloneDX's form: /app/sbom.json. The tool that writes it stays here.
FROM packages AS contents
RUN pip install "cyclonedx-bom>=7,<8" && cyclonedx-py environment /packages/bin/python --output-file /sbom.json

FROM python:3.12-slim

COPY --from=packages /packages /packages
ENV PATH=/packages/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# Dask's workers look for the package `forecasting` nowhere else.
ENV PYTHONPATH=/app
WORKDIR /app

COPY --from=contents /sbom.json ./
COPY app.py ./
COPY .streamlit .streamlit
COPY forecasting forecasting
COPY pages pages
COPY docs/guide.md docs/guide.zh.md docs/

# Nothing here is the program's to write but /data.
RUN groupadd --gid 10001 tidecast \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin tidecast \
    && install -d -o tidecast -g tidecast -m 0700 /data
USER 10001:10001
ENV TIDECAST_DATA=/data
VOLUME /data

EXPOSE 8501
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=40s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/health', timeout=4)"]
CMD ["streamlit", "run", "app.py", "--server.address=0.0.0.0", "--server.port=8501", "--server.headless=true", "--server.fileWatcherType=none"]
