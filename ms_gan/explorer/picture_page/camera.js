// Frames of the camera, mirrored, one after the other as fast as they are translated.

import { byId, reporting } from "./ask.js";

export class Camera {
  // frame(ImageData): resolves when it has been shown.
  constructor(side, frame) {
    Object.assign(this, { side, frame, stream: null });
    const button = byId("camera");
    button.hidden = !navigator.mediaDevices?.getUserMedia;
    button.addEventListener("click", () => (this.running ? this.stop() : reporting(() => this.start())));
  }

  get running() {
    return this.stream !== null;
  }

  async start() {
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "user" } });
    } catch (fault) {
      throw new Error(`The camera cannot be used: ${fault.message}.`);
    }
    const video = byId("video");
    video.srcObject = this.stream;
    await video.play();
    byId("camera").textContent = "Stop camera";
    while (this.running) {
      await this.frame(this.taken(video));
      await new Promise(requestAnimationFrame);
    }
  }

  stop() {
    if (!this.running) return;
    for (const track of this.stream.getTracks()) track.stop();
    this.stream = null;
    byId("camera").textContent = "Start camera";
  }

  // The square in the middle of a frame, a little larger than the generator needs it.
  taken(video) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = Math.max(this.side, Math.min(512, 4 * this.side));
    const { videoWidth: width, videoHeight: height } = video;
    const cut = Math.min(width, height);
    const pen = canvas.getContext("2d");
    pen.imageSmoothingQuality = "high";
    pen.translate(canvas.width, 0);
    pen.scale(-1, 1);
    pen.drawImage(video, (width - cut) / 2, (height - cut) / 2, cut, cut, 0, 0, canvas.width, canvas.height);
    return pen.getImageData(0, 0, canvas.width, canvas.height);
  }
}
