// Files that are dropped on a chat or pasted into it.

import { h } from "../dom.js";

const hasFiles = ({ dataTransfer }) => [...(dataTransfer?.types ?? [])].includes("Files");

// `ready` tells whether the chat takes anything now.
export function takeFiles(node, name, ready, onFiles) {
  const veil = h("div", { class: "drop-veil", hidden: true }, h("p", {}, `Drop to send to ${name}`));
  let depth = 0; // of elements entered and not yet left
  const show = (by) => {
    depth = Math.max(0, depth + by);
    veil.hidden = depth === 0;
  };
  node.append(veil);
  node.addEventListener("dragenter", (event) => hasFiles(event) && ready() && show(1));
  node.addEventListener("dragleave", (event) => hasFiles(event) && show(-1));
  node.addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
  node.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    show(-depth);
    if (ready()) onFiles([...event.dataTransfer.files]);
  });
  node.addEventListener("paste", ({ clipboardData }) => {
    if (clipboardData.files.length > 0 && ready()) onFiles([...clipboardData.files]);
  });
}
