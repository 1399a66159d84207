/**
 * The text of an env file with these settings in it: in the place of the line that sets them, or of the
 * first that is commented out, or at the end. Every other line stays as it is.
 */
export function withSettings(text: string, values: ReadonlyMap<string, string>): string {
  const lines = text.replace(/\n+$/, "").split("\n");
  for (const [name, value] of values) {
    const line = `${name}=${value}`;
    const live = lines.findIndex((each) => each.trimStart().startsWith(`${name}=`));
    const place = live >= 0 ? live : lines.findIndex((each) => each.startsWith(`#${name}=`));
    if (place >= 0) lines[place] = line;
    else lines.push(line);
  }
  return `${lines.join("\n")}\n`;
}
