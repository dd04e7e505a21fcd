# A stack and a queue out of arrays and counters.
function push(v) { stack[++top] = v }
function pop() { return top ? stack[top--] : "empty" }
function enqueue(v) { queue[tail++] = v }
function dequeue(v) { if (head == tail) return "empty"; v = queue[head]; delete queue[head++]; return v }
BEGIN {
    for (i = 1; i <= 4; i++) { push("s" i); enqueue("q" i) }
    print pop(), pop(), dequeue(), dequeue(); push("new"); enqueue("new")
    for (i = 0; i < 4; i++) print pop(), dequeue()
    print length(queue), top, head, tail
}
