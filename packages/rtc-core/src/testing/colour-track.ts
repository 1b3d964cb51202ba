export interface ColourTrack {
  readonly track: MediaStreamTrack;
  stop(): void;
}

/** A video track of one colour, drawn anew ten times a second so that it never runs dry. Browser only. */
export function colourTrack(colour: string, width = 320, height = 180): ColourTrack {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser has no 2d canvas.');
  let shade = 0;
  const draw = (): void => {
    context.fillStyle = colour;
    context.fillRect(0, 0, width, height);
    // One pixel changes, so that each frame is a new one.
    context.fillStyle = shade++ % 2 ? 'black' : 'white';
    context.fillRect(0, 0, 1, 1);
  };
  draw();
  const timer = setInterval(draw, 100);
  const [track] = canvas.captureStream(10).getVideoTracks();
  if (!track) throw new Error('The canvas gave no video track.');
  return {
    track,
    stop() {
      clearInterval(timer);
      track.stop();
    },
  };
}

/** The colour in the middle of what `track` shows now, as [red, green, blue]; null while it shows nothing. */
export interface ColourProbe {
  read(): readonly [number, number, number] | null;
  close(): void;
}

export function probeColour(track: MediaStreamTrack): ColourProbe {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  document.body.append(video);
  void video.play().catch(() => undefined);
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  return {
    read() {
      if (!context || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || video.videoWidth < 2) return null;
      context.drawImage(video, video.videoWidth / 2, video.videoHeight / 2, 1, 1, 0, 0, 1, 1);
      const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
      return [red, green, blue];
    },
    close() {
      video.srcObject = null;
      video.remove();
    },
  };
}
