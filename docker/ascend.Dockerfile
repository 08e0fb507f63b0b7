# Trains on an Ascend NPU. In the project's folder, with the name of an image of CANN that holds Python 3.10 to 3.12:
#
#     docker build -f docker/ascend.Dockerfile --build-arg BASE=IMAGE -t ms_gan:ascend .
#
# docs/containers.md shows how to run it, and what has been tried: it HAS NOT BEEN BUILT BY DOCKER YET, and nothing of
# this project has been run on an Ascend.

ARG BASE
FROM ${BASE}

WORKDIR /ms_gan
COPY . .
# Makes .venv with what CANN's Python code imports besides. What pip has fetched is kept for the next build, not in the
# image.
# hadolint ignore=DL3013,DL3042
RUN --mount=type=cache,target=/root/.cache/pip bash scripts/setup_env.sh \
    && .venv/bin/python -m pip install absl-py attrs cffi decorator sympy

# Whichever user a container is started as can write runs, and into the volume what is kept for the next start.
RUN mkdir /cache runs && chmod 1777 /cache runs .
USER 1000:1000
ENV HOME=/cache MS_GAN_CACHE=/cache/ms_gan PATH=/ms_gan/.venv/bin:$PATH
VOLUME /cache
ENTRYPOINT ["bash", "scripts/run_train.sh", "--device", "Ascend"]
