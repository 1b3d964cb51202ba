/** Resolves when the picture of that second is there. */
export async function seek(video: HTMLVideoElement, to: number): Promise<void> {
  const seeked = new Promise((resolve) => video.addEventListener('seeked', resolve, { once: true }));
  video.currentTime = to;
  await seeked;
}

/** The colour of the picture at a share of its width and height. */
export function colourAt(video: HTMLVideoElement, x: number, y: number): 'red' | 'green' | 'blue' | 'other' {
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext('2d');
  context?.drawImage(video, video.videoWidth * x, video.videoHeight * y, 2, 2, 0, 0, 1, 1);
  const [r = 0, g = 0, b = 0] = context?.getImageData(0, 0, 1, 1).data ?? [];
  if (r > 180 && g < 90 && b < 90) return 'red';
  if (b > 180 && r < 90 && g < 90) return 'blue';
  if (g > 90 && r < 90 && b < 90) return 'green';
  return 'other';
}

/** How loud a frequency is in the file, 0..1, in the second from `at` on (from the end when negative), by Goertzel's filter. */
export async function loudness(file: Blob, frequency: number, at: number): Promise<number> {
  const context = new OfflineAudioContext(1, 48_000, 48_000);
  const all = (await context.decodeAudioData(await file.arrayBuffer())).getChannelData(0);
  const start = (at < 0 ? all.length : 0) + at * 48_000;
  const samples = all.subarray(start, start + 48_000);
  const k = 2 * Math.cos((2 * Math.PI * frequency) / 48_000);
  let [one, two] = [0, 0];
  for (const sample of samples) [one, two] = [sample + k * one - two, one];
  return (2 * Math.sqrt(one * one + two * two - k * one * two)) / samples.length;
}
