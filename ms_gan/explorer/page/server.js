// What answers the page: the command that serves it.

// Asks the server: a question as JSON, or a file as it is; without either, it gets what lies at the path.
export async function send(path, question) {
  const file = question instanceof Blob;
  let answer;
  try {
    answer = await fetch(path, question && {
      method: "POST",
      headers: { "Content-Type": file ? "application/octet-stream" : "application/json" },
      body: file ? question : JSON.stringify(question),
    });
  } catch {
    throw new Error("No answer: the command that serves this page has ended. Start it again.");
  }
  if (!answer.ok) throw new Error((await answer.json()).error);
  return answer;
}

export async function about() {
  return (await send("about")).json();
}
