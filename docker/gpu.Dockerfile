# Trains on an NVIDIA GPU. In the project's folder:
#
#     docker build -f docker/gpu.Dockerfile -t ms_gan:gpu .
#
# The machine needs NVIDIA's driver and container toolkit, and no CUDA: setup_env.sh brings CUDA 11 and cuDNN 8.
# docs/containers.md shows how to run it, and what has been tried: it HAS NOT BEEN BUILT BY DOCKER YET, and no kernel
# of this project has been run on a GPU.

FROM python:3.11-slim

# OpenMP: the one library that MindSpore's wheel expects of the system and this base lacks.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /ms_gan
COPY . .
# Makes .venv, with CUDA's libraries as wheels. It ends by saying that there is no driver, which is right in a build.
# What pip has fetched is kept for the next build, not in the image.
RUN --mount=type=cache,target=/root/.cache/pip bash scripts/setup_env.sh --device GPU

# Whichever user a container is started as can write runs, and into the volume what is kept for the next start.
RUN mkdir /cache runs && chmod 1777 /cache runs .
USER 1000:1000
ENV HOME=/cache MS_GAN_CACHE=/cache/ms_gan PATH=/ms_gan/.venv/bin:$PATH
# What the container toolkit passes in: NVIDIA's own base images set these, a plain one does not.
ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
VOLUME /cache
ENTRYPOINT ["bash", "scripts/run_train.sh", "--device", "GPU"]
