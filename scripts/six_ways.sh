#!/usr/bin/env bash
# Six things to do with ms_gan, each on small data and timed: six_ways.sh [FOLDER] [--device DEVICE and the like]
# FOLDER is new or empty, six_ways unless named; options go to every command. Exits with 1 where one fails or takes too long.
set -uo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
LIMIT=180 # seconds for each
folder=six_ways
if (($#)) && [[ "$1" != -* ]]; then
    folder="$1"
    shift
fi
if [[ -e "$folder" && -n "$(find "$folder" -mindepth 1 -print -quit)" ]]; then
    fail "making the folder $folder: it is not empty" "remove it, or name another one: six_ways.sh FOLDER"
fi
set_up_environment ""
set_up_device "$@"
mkdir -p -- "$folder" && cd -- "$folder" || fail "making the folder $folder" "name one that you may write to"
export PYTHONPATH="$ROOT${PYTHONPATH:+:$PYTHONPATH}"
export PYTHONUNBUFFERED=1 # an error is the last line of a log
options=("$@")

# program COMMAND ARGUMENTS...: a command of ms_gan.cli, with the options; stopped once the way takes too long.
program() {
    timeout $((begun + LIMIT + 1 - SECONDS)) "$PYTHON" -m "ms_gan.cli.$1" "${@:2}" "${options[@]}"
}

# draw FOLDER: 40 pictures of a sea, a hill and a sun, and map.png, a map of classes by their numbers.
draw() {
    "$PYTHON" - "$1" <<'PYTHON'
import random
import sys
from pathlib import Path

from PIL import Image, ImageDraw

Path(sys.argv[1]).mkdir()
for number in range(40):
    place = random.Random(number).randrange
    picture = Image.new("RGB", (64, 64), "#87ceeb")
    pen, sun, peak, shore = ImageDraw.Draw(picture), (place(48), place(14)), place(64), place(34, 46)
    pen.ellipse((*sun, sun[0] + 14, sun[1] + 14), "#ffd24d")
    pen.polygon([(peak, place(12, 24)), (peak - 30, 63), (peak + 30, 63)], "#6b5b4d")
    pen.rectangle((0, shore, 63, 63), "#1f4e8c")
    picture.save(Path(sys.argv[1]) / f"{number:02}.png")
face = Image.new("L", (64, 64), 0)
pen = ImageDraw.Draw(face)
pen.ellipse((6, 6, 57, 57), 4)  # yellow; eyes and mouth dark brown
pen.ellipse((20, 22, 26, 31), 3)
pen.ellipse((37, 22, 43, 31), 3)
pen.arc((18, 26, 45, 48), 20, 160, 3, 4)
face.save("map.png")
PYTHON
}

train() {
    program train --data.source synthetic --data.limit 1000 --epochs 3 --metrics.every 0 --output train_run &&
        program infer --ckpt train_run --num 64 --output train.png
}
class() {
    program infer --ckpt zoo:cdcgan_mnist --classes 3,7 --output class.png
}
translate() {
    program infer --ckpt zoo:pix2pix_emoji --input pictures --output translate.png
}
paint() {
    program infer --ckpt zoo:spade_emoji --input map.png --output paint.png
}
wash() {
    program robustness --generator zoo:cdcgan_mnist --data.source synthetic --data.image_size 32 --data.limit 400 \
        --attacks [fgsm] --num 10 --wash.steps 20 --wash.starts 2 --adaptive.num 0 --output washed &&
        cp washed/fgsm.png wash.png
}
own() {
    program train --config own_64 --data-dir pictures --steps 120 --batch-size 8 --generator.channels 8 \
        --discriminator.channels 8 --ema.every 1 --metrics.every 0 --output own_run &&
        program infer --ckpt own_run --num 16 --output own.png
}

draw pictures || fail "drawing pictures" "see the lines above"
status=0
printf '%-10s %8s  %s\n' way seconds picture
for way in train class translate paint wash own; do
    begun=$SECONDS
    if "$way" </dev/null >"$way.log" 2>&1 && [[ -s "$way.png" ]]; then
        said="$folder/$way.png"
    else
        status=1
        said="failed: $(tail -n 1 "$way.log")"
    fi
    seconds=$((SECONDS - begun))
    if ((seconds > LIMIT)); then
        status=1
        said="too long: more than $LIMIT s; $folder/$way.log"
    fi
    printf '%-10s %8d  %s\n' "$way" "$seconds" "$said"
done
exit "$status"
