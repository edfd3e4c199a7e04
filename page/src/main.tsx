import "./styles/base.css";
import "./styles/parts.css";
import "./styles/views.css";
import "./styles/submit.css";
import { render } from "preact";
import { App } from "./App.tsx";

render(<App />, document.getElementById("page") as HTMLElement);
