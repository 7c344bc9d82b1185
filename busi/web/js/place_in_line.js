// How many questions are before the visitor's own, told after a second of waiting. The server says so in the stream of
// answers, which Gradio's page reads; it is read along here, and nothing in it is changed.
(() => {
  const PATIENCE = 1000; // milliseconds
  const before = new Map(); // by question: how many wait before it
  let since = null;

  const tell = () => {
    const note = document.querySelector(".place-in-line");
    if (!note) return;
    const most = Math.max(0, ...before.values());
    if (!most) since = null;
    else if (since === null) {
      since = Date.now();
      setTimeout(tell, PATIENCE);
    }
    const told = since !== null && Date.now() - since >= PATIENCE;
    note.hidden = !told;
    if (told) note.textContent = most === 1 ? note.dataset.one : atelier.fill(note.dataset.many, { count: atelier.number(most) });
  };

  const hear = (message) => {
    if (message.msg === "estimation") before.set(message.event_id, message.rank);
    else before.delete(message.event_id);
    tell();
  };

  const readAlong = async (stream, heard) => {
    const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    try {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        const lines = (text + value).split("\n");
        text = lines.pop();
        lines.filter((line) => line.startsWith("data: ")).forEach((line) => {
          const message = JSON.parse(line.slice(6));
          heard.add(message.event_id);
          hear(message);
        });
      }
    } catch {
      // a stream that broke off, or no JSON: Gradio's page will say what there is to say
    }
    heard.forEach((question) => before.delete(question));
    tell();
  };

  const fetched = window.fetch;
  window.fetch = async (...asked) => {
    const answer = await fetched(...asked);
    const address = typeof asked[0] === "string" ? asked[0] : (asked[0].url ?? String(asked[0]));
    if (!address.includes("/queue/data") || !answer.ok || !answer.body) return answer;
    const [theirs, ours] = answer.body.tee();
    readAlong(ours, new Set());
    return new Response(theirs, { status: answer.status, statusText: answer.statusText, headers: answer.headers });
  };
})();
