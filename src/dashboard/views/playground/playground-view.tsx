import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Card } from "../../parts/card.tsx";
import { Choice } from "../../parts/choice.tsx";
import { Field } from "../../parts/field.tsx";
import { PlaygroundIcon } from "../../parts/icons.tsx";
import { Notice } from "../../parts/notice.tsx";
import type { View, ViewProps } from "../view.ts";
import { askModel, NOTHING, type Answer } from "./ask-model.ts";
import { KeyChoice } from "./key-choice.tsx";
import { ShownAnswer } from "./shown-answer.tsx";
import { useHourKey } from "./use-hour-key.ts";

/** A prompt, and what the cascade decides about it. */
export const playgroundView: View = {
	name: "playground",
	title: "Playground",
	about: "Ask a cascade something, and see which stage answers, how sure it was, and what that cost.",
	icon: PlaygroundIcon,
	needsCascade: true,
	Component: Playground,
};

/** Shapes of models that have an endpoint of their own. */
const OTHER_ENDPOINTS: Readonly<Record<string, string>> = {
	"text-classification": "/v1/classifications",
	"llama-guard": "/v1/moderations",
};

function Playground({ admin, tenant, cascade, policy }: ViewProps) {
	const ids = { prompt: useId(), stream: useId() };
	const hourKey = useHourKey(admin, tenant);
	const [typed, setTyped] = useState("");
	const [model, setModel] = useState(cascade);
	const [system, setSystem] = useState("");
	const [prompt, setPrompt] = useState("");
	const [stream, setStream] = useState(false);
	const [route, setRoute] = useState("");
	const [answer, setAnswer] = useState<Answer | null>(null);
	const [asked, setAsked] = useState(model);
	const [isAsking, setAsking] = useState(false);
	const asking = useRef<AbortController | null>(null);
	useEffect(() => () => asking.current?.abort(), []);

	const cascades = policy?.cascades ?? {};
	const stagesOf = (name: string) => cascades[name]?.stages ?? [];
	const mayForce = cascades[model]?.allowRouteHeader === true;
	const elsewhere = OTHER_ENDPOINTS[stagesOf(model)[0]?.shape ?? ""];
	const key = hourKey.key ?? typed.trim();
	const ask = async () => {
		asking.current?.abort();
		const mine = new AbortController();
		asking.current = mine;
		setAsked(model);
		setAsking(true);
		setAnswer(null);
		await askModel(
			{ key, model, system, prompt, stream, route: mayForce ? route : "" },
			{ signal: mine.signal, onAnswer: setAnswer },
		);
		if (asking.current === mine) setAsking(false);
	};
	return (
		<>
			<Card title="Question">
				<KeyChoice hourKey={hourKey} typed={typed} onTyped={setTyped} />
				<form
					class="question"
					onSubmit={(event) => {
						event.preventDefault();
						if (key !== "") void ask();
					}}
				>
					<div class="controls">
						<Choice
							label="Model"
							value={model}
							options={Object.keys(cascades).map((name) => ({ value: name, name }))}
							onChoose={setModel}
						/>
						{mayForce && (
							<Choice
								label="Stage"
								value={route}
								options={[
									{ value: "", name: "As the cascade decides" },
									{ value: "edge", name: "The first alone" },
									{ value: "origin", name: "The last alone" },
								]}
								onChoose={setRoute}
							/>
						)}
						<label class="check" for={ids.stream}>
							<input
								id={ids.stream}
								type="checkbox"
								checked={stream}
								onChange={({ currentTarget }) => setStream(currentTarget.checked)}
							/>
							As a stream
						</label>
					</div>
					{elsewhere !== undefined && (
						<Notice kind="careful">
							<p>
								The first model of this cascade is asked at <code>{elsewhere}</code>. A chat, as here, goes past it.
							</p>
						</Notice>
					)}
					<Field label="System message (optional)" value={system} onValue={setSystem} input={{ autocomplete: "off" }} />
					<div class="field">
						<label for={ids.prompt}>Prompt</label>
						<textarea
							id={ids.prompt}
							rows={5}
							required
							value={prompt}
							onInput={({ currentTarget }) => setPrompt(currentTarget.value)}
							onKeyDown={(event) => {
								if (event.key === "Enter" && (event.ctrlKey || event.metaKey))
									event.currentTarget.form?.requestSubmit();
							}}
						/>
					</div>
					<div class="controls">
						<button type="submit" class="button main" disabled={key === "" || isAsking}>
							Ask
						</button>
						{isAsking && (
							<button
								type="button"
								class="button"
								onClick={() => {
									asking.current?.abort();
									setAsking(false);
								}}
							>
								Stop
							</button>
						)}
						{key === "" && <p class="hint">It needs a key first.</p>}
					</div>
				</form>
			</Card>
			{(answer !== null || isAsking) && (
				<ShownAnswer
					answer={answer ?? NOTHING}
					isAsking={isAsking}
					stages={stagesOf(asked).map(({ name }) => name)}
					address={{ tenant, cascade: asked }}
				/>
			)}
		</>
	);
}
