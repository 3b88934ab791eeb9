// A yardstick in C++ for tests/benchmarks/bench.py: the textbook model, and nothing else, on the same drawn columns.
// One heap of (tick, key), arrivals from a cursor, queues as rings. Not part of the program.
#include <cstddef>
#include <cstdint>
#include <vector>

using std::size_t;

namespace {
constexpr int64_t SHIP = int64_t(3) << 40, END = int64_t(4) << 40, DEADLINE = int64_t(6) << 40, ARRIVAL = int64_t(8) << 40;

struct Event {
    int64_t tick, key;
    bool operator<(const Event& other) const { return tick < other.tick || (tick == other.tick && key < other.key); }
};

struct Heap {
    std::vector<Event> events;
    void push(Event event) {
        size_t place = events.size();
        events.push_back(event);
        while (place && event < events[(place - 1) / 2]) {
            events[place] = events[(place - 1) / 2];
            place = (place - 1) / 2;
        }
        events[place] = event;
    }
    Event pop() {
        const Event first = events[0], last = events.back();
        events.pop_back();
        const size_t size = events.size();
        size_t place = 0;
        for (size_t child = 1; child < size; child = 2 * place + 1) {
            if (child + 1 < size && events[child + 1] < events[child]) child++;
            if (last < events[child]) break;
            events[place] = events[child];
            place = child;
        }
        if (size) events[place] = last;
        return first;
    }
};

struct Queue {
    std::vector<int32_t> units;
    size_t head = 0;
    bool empty() const { return head == units.size(); }
    size_t size() const { return units.size() - head; }
    int32_t pop() { return units[head++]; }
};

struct Port {
    int64_t n, horizon, now = 0, longest_wait, crossing;
    const int64_t *arrivals;
    const int32_t *durations;
    const double* uniforms;
    int64_t *starts, *ends, *boarding, *landing;
    double ratio, alarms;
    bool has_ferry;
    Heap heap;
    Queue queues[3], yard, ready;
    int free[3] = {6, 2, 4};
    std::vector<uint8_t> at;
    std::vector<std::vector<int32_t>> aboard;
    std::vector<bool> is_out;
    int loading = -1;
    int64_t sailing = 0;
    size_t deck;

    void start(int station, int32_t unit) {
        at[unit] = uint8_t(station);
        starts[station * n + unit] = now;
        heap.push({now + durations[station * n + unit], END | unit});
    }
    void join(int station, int32_t unit) {
        if (free[station]) {
            free[station]--;
            start(station, unit);
        } else {
            queues[station].units.push_back(unit);
        }
    }
    void board(int32_t unit) {
        if (!has_ferry) return;
        yard.units.push_back(unit);
        settle();
    }
    void depart() {
        heap.push({now + crossing, SHIP | loading});
        is_out[loading] = true;
        loading = -1;
    }
    void settle() {
        while (!yard.empty()) {
            if (loading < 0) {
                if (ready.empty()) return;
                loading = ready.pop();
                heap.push({now + longest_wait, DEADLINE | sailing++});
            }
            while (!yard.empty() && aboard[loading].size() < deck) {
                const int32_t unit = yard.pop();
                boarding[unit] = now;
                aboard[loading].push_back(unit);
            }
            if (aboard[loading].size() == deck) depart();
        }
    }
    void end(int32_t unit) {
        const int station = at[unit];
        ends[station * n + unit] = now;
        if (station == 0 && uniforms[unit] < ratio) join(1, unit);
        else if (station == 1 && uniforms[n + unit] < alarms) join(2, unit);
        else board(unit);
        if (queues[station].empty()) free[station]++;
        else start(station, queues[station].pop());
    }
    void turn(int ship) {
        if (is_out[ship]) {
            for (const int32_t unit : aboard[ship]) landing[unit] = now;
            aboard[ship].clear();
            is_out[ship] = false;
            heap.push({now + crossing, SHIP | ship});
        } else {
            ready.units.push_back(ship);
            settle();
        }
    }
    void run() {
        int64_t next = 0;
        while (true) {
            const Event arrival{next < n ? arrivals[next] : horizon, ARRIVAL | next};
            if (heap.events.empty() || arrival < heap.events[0]) {
                if (arrival.tick >= horizon) return;
                now = arrival.tick;
                join(0, int32_t(next++));
                continue;
            }
            if (heap.events[0].tick >= horizon) return;
            const Event event = heap.pop();
            now = event.tick;
            const int64_t rank = event.key >> 40, number = event.key & ((int64_t(1) << 40) - 1);
            if (rank == 4) end(int32_t(number));
            else if (rank == 3) turn(int(number));
            else if (loading >= 0 && number == sailing - 1) { depart(); settle(); }
        }
    }
};
}  // namespace

extern "C" void run(int64_t n, int64_t horizon, const int64_t* arrivals, const int32_t* durations, const double* uniforms,
                    int64_t* starts, int64_t* ends, int64_t* boarding, int64_t* landing, double ratio, double alarms,
                    int64_t ships, int64_t deck, int64_t longest_wait, int64_t crossing) {
    Port port;
    port.n = n, port.horizon = horizon, port.longest_wait = longest_wait, port.crossing = crossing;
    port.arrivals = arrivals, port.durations = durations, port.uniforms = uniforms;
    port.starts = starts, port.ends = ends, port.boarding = boarding, port.landing = landing;
    port.ratio = ratio, port.alarms = alarms, port.has_ferry = ships > 0, port.deck = size_t(deck);
    port.at.resize(size_t(n));
    port.aboard.resize(size_t(ships));
    port.is_out.resize(size_t(ships));
    // Ships lie at both ends in turn; those at the other end set out at once.
    for (int ship = 0; ship < ships; ship++) {
        if (ship % 2 == 0) port.ready.units.push_back(ship);
        else port.heap.push({crossing, SHIP | ship});
    }
    port.run();
}
