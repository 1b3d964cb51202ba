'use server';

import { revalidatePath } from 'next/cache';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { getLocale } from 'next-intl/server';
import { field, formAnswer, safePath } from '../frame/form-answer';
import * as accounts from '../server/accounts';
import { type Answer, type FormState, no } from '../server/answer';
import { clientAddress } from '../server/client-address';
import { endSession, startSession } from '../server/session';
import { currentUser } from '../server/viewer';

/** Form: name, email, password, next (where to go on to). Signs in and goes there. */
export async function signUp(_before: FormState, data: FormData): Promise<FormState> {
  const { state } = await formAnswer(data, ['name', 'email'], async () => {
    const input = {
      name: field(data, 'name'),
      email: field(data, 'email'),
      password: field(data, 'password'),
      locale: await getLocale(),
    };
    const account = await accounts.signUp(input, clientAddress(await headers()));
    if (account.ok) await startSession(account.value);
    return account;
  });
  if (state.status === 'done') redirect(safePath(field(data, 'next'), '/meetings'));
  return state;
}

/** Form: email, password, next. Signs in and goes there. */
export async function signIn(_before: FormState, data: FormData): Promise<FormState> {
  const { state } = await formAnswer(data, ['email'], async () => {
    const input = { email: field(data, 'email'), password: field(data, 'password') };
    const account = await accounts.authenticate(input, clientAddress(await headers()));
    if (account.ok) await startSession(account.value);
    return account;
  });
  if (state.status === 'done') redirect(safePath(field(data, 'next'), '/meetings'));
  return state;
}

/** Signs this browser out and goes to the front page. */
export async function signOut(): Promise<Answer<null>> {
  await endSession();
  redirect('/');
}

/** Form: name. */
export async function changeName(_before: FormState, data: FormData): Promise<FormState> {
  const { state } = await formAnswer(data, ['name'], async () => {
    const user = await currentUser();
    if (!user) return no('not-signed-in');
    const changed = await accounts.changeName(user.id, field(data, 'name'));
    if (changed.ok) revalidatePath('/', 'layout');
    return changed;
  });
  return state;
}

/** Form: current, password (the new one). Every other session of the account ends. */
export async function changePassword(_before: FormState, data: FormData): Promise<FormState> {
  const { state } = await formAnswer(data, [], async () => {
    const user = await currentUser();
    if (!user) return no('not-signed-in');
    const input = { current: field(data, 'current'), next: field(data, 'password') };
    const changed = await accounts.changePassword(user.id, input);
    if (changed.ok) await startSession(changed.value);
    return changed;
  });
  return state;
}
