import { expect, it } from 'vitest';
import { MOST_TOASTS, pushed, type QueuedToast, type ToastContent } from './toast-queue';

let count = 0;
const push = (queue: readonly QueuedToast[], topic: string, content: ToastContent): readonly QueuedToast[] =>
  pushed(queue, { id: `t${count++}`, topic, content });
const text = (words: string): ToastContent => ({ type: 'text', text: words, icon: 'done' });
const joined = (...names: string[]): ToastContent => ({ type: 'joined', names });

it('merges who comes, and says it anew', () => {
  const one = push([], 'joined', joined('Maya'));
  const three = push(push(one, 'joined', joined('Jonas')), 'joined', joined('Yue'));
  expect(three).toHaveLength(1);
  expect(three[0]?.content).toEqual(joined('Maya', 'Jonas', 'Yue'));
  expect(three[0]?.id).not.toBe(one[0]?.id);
});

it('counts nobody twice', () => {
  const queue = push(push([], 'joined', joined('Maya')), 'joined', joined('Maya'));
  expect(queue[0]?.content).toEqual(joined('Maya'));
});

it('keeps comings and goings apart', () => {
  const queue = push(push([], 'joined', joined('Maya')), 'left', { type: 'left', names: ['Maya'] });
  expect(queue.map(({ content }) => content.type)).toEqual(['joined', 'left']);
});

it('lets the newer word on a topic replace the older', () => {
  const queue = push(push([], 'muted', text('You are muted')), 'muted', text('Sofia muted you'));
  expect(queue.map(({ content }) => content)).toEqual([text('Sofia muted you')]);
});

it('never shows more than three, the newest last', () => {
  const queue = ['a', 'b', 'c', 'd'].reduce<readonly QueuedToast[]>((q, topic) => push(q, topic, text(topic)), []);
  expect(queue).toHaveLength(MOST_TOASTS);
  expect(queue.at(-1)?.topic).toBe('d');
});
