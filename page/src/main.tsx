import "./styles/base.css";
import "./styles/parts.css";
import "./styles/views.css";
import { render } from "preact";
import { App } from "./App.tsx";

const root = document.getElementById("page");
if (root === null) throw new Error("the document has no element #page");
render(<App />, root);
