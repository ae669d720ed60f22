// The bar above GraphiQL: signs in as a demo user, and keeps `authorization` in the headers editor of the tab that shows.
import { useEffect, useState } from 'react';
import { useGraphiQL } from '@graphiql/react';
import { ask } from './ask.js';

// Demo credentials: they open nothing but the demo data of `tessera dev`.
const DEMO_USERS = ['ada@example.com', 'grace@example.com', 'admin@example.com'];
const DEMO_PASSWORD = 'tessera-demo';

const LOG_IN = `mutation LogIn($input: LogInInput!) {
  logIn(input: $input) { session { accessToken expiresAt } userErrors { message } }
}`;
const LOG_OUT = 'mutation LogOut { logOut { userErrors { message } } }';

// Every value that was put into a headers editor: what somebody typed there by hand is not taken away.
const ours = new Set();

async function logIn(email) {
  const variables = { input: { email, password: DEMO_PASSWORD } };
  const { data, errors } = await ask({ query: LOG_IN, variables });
  const session = data?.logIn?.session;
  if (!session) throw new Error((data?.logIn?.userErrors ?? errors)?.[0]?.message ?? 'signing in failed');
  const authorization = `Bearer ${session.accessToken}`;
  ours.add(authorization);
  return { email, authorization, expiresAt: session.expiresAt };
}

// The headers with that authorization, or without ours; text that is no JSON stays as it is.
function withAuthorization(text, authorization) {
  let headers;
  try {
    headers = Object(JSON.parse(text.trim() || '{}'));
  } catch {
    return text;
  }
  if (!authorization && !ours.has(headers.authorization)) return text;
  const others = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization');
  const all = authorization ? [...others, ['authorization', authorization]] : others;
  return all.length ? JSON.stringify(Object.fromEntries(all), null, 2) : '';
}

export function SignIn() {
  const [session, setSession] = useState(null);
  const [problem, setProblem] = useState('');
  const editor = useGraphiQL((state) => state.headerEditor);
  const tab = useGraphiQL((state) => state.tabs[state.activeTabIndex]?.id);
  const authorization = session?.authorization;

  useEffect(() => {
    if (!editor) return;
    const text = editor.getValue();
    const wanted = withAuthorization(text, authorization);
    if (wanted !== text) editor.setValue(wanted);
  }, [editor, tab, authorization]);

  async function attempt(step) {
    setProblem('');
    try {
      setSession(await step());
    } catch (error) {
      setProblem(error.message);
    }
  }
  const signIn = (email) => attempt(() => logIn(email));
  const signOut = () => attempt(async () => {
    await ask({ query: LOG_OUT }, { headers: { authorization } });
    return null;
  });

  // An access token is good for minutes: the next one comes before it ends.
  useEffect(() => {
    if (!session) return undefined;
    const left = Date.parse(session.expiresAt) - Date.now();
    const timer = setTimeout(() => signIn(session.email), Math.max(left - 30_000, 10_000));
    return () => clearTimeout(timer);
  }, [session]);

  return (
    <header className="sign-in">
      <strong>Tessera</strong>
      <span>{session ? `signed in as ${session.email}` : 'sign in as a demo user:'}</span>
      {DEMO_USERS.filter((email) => email !== session?.email).map((email) => (
        <button key={email} type="button" onClick={() => signIn(email)}>{email}</button>
      ))}
      {session && <button type="button" onClick={signOut}>sign out</button>}
      <span className="problem" role="alert">{problem}</span>
      <small>demo password: {DEMO_PASSWORD}</small>
    </header>
  );
}
