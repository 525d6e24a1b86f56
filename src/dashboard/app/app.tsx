import { useMemo, useState } from "preact/hooks";
import { createAdminClient } from "../api/admin-client.ts";
import { storedSession, storeSession, type Session } from "./session.ts";
import { Shell } from "./shell.tsx";
import { SignIn } from "./sign-in.tsx";
import { useTheme } from "./theme.ts";

/** The whole dashboard: who is signed in sees the shell, everybody else the sign-in. */
export function App() {
	const [theme, setTheme] = useTheme();
	const [session, setSession] = useState<Session | null>(storedSession);
	const [notice, setNotice] = useState<string | null>(null);
	const enter = (entered: Session | null, why: string | null) => {
		storeSession(entered);
		setSession(entered);
		setNotice(why);
	};
	const admin = useMemo(
		() =>
			createAdminClient(session?.key ?? null, () =>
				enter(null, "You have been signed out: the Worker does not take the key any more."),
			),
		[session],
	);
	if (session === null) return <SignIn notice={notice} onSignedIn={(entered) => enter(entered, null)} />;
	return (
		<Shell admin={admin} session={session} theme={theme} onTheme={setTheme} onSignOut={(why) => enter(null, why)} />
	);
}
