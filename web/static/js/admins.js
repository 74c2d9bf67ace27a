// A new token is shown once, until whoever made it has noted it.

const made = document.getElementById("made");
const token = document.getElementById("token");

document.querySelector("#make-token form").addEventListener("answered", (event) => {
  event.preventDefault();
  document.getElementById("make-token").close();
  token.value = event.detail.token;
  made.showModal();
  token.select();
});
document.getElementById("copy").addEventListener("click", async (event) => {
  await navigator.clipboard.writeText(token.value);
  event.target.textContent = "Copied";
});
document.getElementById("noted").addEventListener("click", () => made.close());
made.addEventListener("close", () => location.reload());
