// What a user takes away: tables as CSV, figures as PNG, scenarios as text or all files in one archive.

function give(name, blob) {
    const url = URL.createObjectURL(blob);
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A cell of a CSV file; a text that a spreadsheet would take for a formula is marked as a text. */
export function cell(text) {
    const plain = String(text);
    const safe = /^[=+@\t\r]/.test(plain) || /^-[^0-9.]/.test(plain) ? `'${plain}` : plain;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The text of a table. */
export function csv(header, rows) {
    return [header, ...rows].map((row) => row.map(cell).join(",")).join("\n").concat("\n");
}

export function saveCsv(name, header, rows) {
    give(`${name}.csv`, new Blob([csv(header, rows)], { type: "text/csv" }));
}

export function saveText(name, text) {
    give(name, new Blob([text], { type: "text/plain" }));
}

export function saveBytes(name, bytes) {
    give(name, new Blob([bytes], { type: "application/zip" }));
}

const SHOWN = ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font", "text-anchor", "fill-opacity"];

/** The figure as it is shown, twice as fine, with its title above. */
export function savePng(name, svg, title) {
    const copy = svg.cloneNode(true);
    const [from, to] = [svg.querySelectorAll("*"), copy.querySelectorAll("*")];
    from.forEach((node, i) => {
        const style = getComputedStyle(node);
        for (const key of SHOWN) to[i].setAttribute(key, style.getPropertyValue(key));
        // Of a font the parts count.
        for (const key of ["font-size", "font-family", "font-weight"]) to[i].setAttribute(key, style.getPropertyValue(key));
        to[i].removeAttribute("class");
    });
    const { width, height } = svg.viewBox.baseVal;
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    const page = getComputedStyle(document.body);
    const image = new Image();
    image.onload = () => {
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [2 * width, 2 * (height + 34)];
        const paint = canvas.getContext("2d");
        paint.scale(2, 2);
        paint.fillStyle = page.backgroundColor;
        paint.fillRect(0, 0, width, height + 34);
        paint.fillStyle = page.color;
        paint.font = "600 15px sans-serif";
        paint.fillText(title, 8, 22, width - 16);
        paint.drawImage(image, 0, 34);
        canvas.toBlob((blob) => give(`${name}.png`, blob), "image/png");
    };
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
}

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c >>> 0;
});

/** Checksum of ZIP archives. */
export function crc32(bytes) {
    let c = 0xffffffff;
    for (const b of bytes) c = CRC[(c ^ b) & 255] ^ (c >>> 8);
    return (c ^ 0xffffffff) >>> 0;
}

/** An archive of texts by path, not compressed; all of one date, so that the same texts are the same bytes. */
export function zip(files) {
    const encode = new TextEncoder();
    const [parts, list] = [[], []];
    let at = 0;
    for (const [path, text] of Object.entries(files)) {
        const [name, data] = [encode.encode(path), encode.encode(text)];
        const head = new DataView(new ArrayBuffer(30));
        const fields = (view, from) => {
            view.setUint16(from, 20, true);
            view.setUint16(from + 2, 0x800, true);
            view.setUint16(from + 8, 0x21, true);
            view.setUint32(from + 10, crc32(data), true);
            view.setUint32(from + 14, data.length, true);
            view.setUint32(from + 18, data.length, true);
            view.setUint16(from + 22, name.length, true);
        };
        head.setUint32(0, 0x04034b50, true);
        fields(head, 4);
        const entry = new DataView(new ArrayBuffer(46));
        entry.setUint32(0, 0x02014b50, true);
        entry.setUint16(4, 20, true);
        fields(entry, 6);
        entry.setUint32(42, at, true);
        parts.push(new Uint8Array(head.buffer), name, data);
        list.push(new Uint8Array(entry.buffer), name);
        at += 30 + name.length + data.length;
    }
    const size = list.reduce((sum, part) => sum + part.length, 0);
    const end = new DataView(new ArrayBuffer(22));
    end.setUint32(0, 0x06054b50, true);
    end.setUint16(8, list.length / 2, true);
    end.setUint16(10, list.length / 2, true);
    end.setUint32(12, size, true);
    end.setUint32(16, at, true);
    const out = new Uint8Array(at + size + 22);
    let to = 0;
    for (const part of [...parts, ...list, new Uint8Array(end.buffer)]) {
        out.set(part, to);
        to += part.length;
    }
    return out;
}
