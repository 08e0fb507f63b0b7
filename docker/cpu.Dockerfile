# Trains on CPUs. In the project's folder:
#
#     docker build -f docker/cpu.Dockerfile -t ms_gan:cpu .
#
# docs/containers.md shows how to run it, and what has been tried: it HAS NOT BEEN BUILT BY DOCKER YET.

FROM python:3.11-slim

# OpenMP: the one library that MindSpore's wheel expects of the system and this base lacks.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /ms_gan
COPY . .
# Makes .venv, as outside of containers. What pip has fetched is kept for the next build, not in the image.
RUN --mount=type=cache,target=/root/.cache/pip bash scripts/setup_env.sh

# Whichever user a container is started as can write runs, and into the volume what is kept for the next start.
RUN mkdir /cache runs && chmod 1777 /cache runs .
USER 1000:1000
ENV HOME=/cache MS_GAN_CACHE=/cache/ms_gan PATH=/ms_gan/.venv/bin:$PATH
VOLUME /cache
ENTRYPOINT ["bash", "scripts/run_train.sh"]
